#!/usr/bin/env perl
# Turns a book on standard input into plain text on standard output: a paragraph a line, UTF-8.
# Usage: text.pl plain|dictionary|markdown|html
# Lines of a paragraph are joined; fragments of fewer than four words, such as headings, dates and
# entries of a table of contents, and repeated paragraphs are left out.
# Uses nothing outside perl-base, which every Debian and Ubuntu has.
use strict;
use warnings;
use Encode ();

my $form = shift // '';
die "usage: text.pl plain|dictionary|markdown|html\n" unless $form =~ /^(?:plain|dictionary|markdown|html)$/;

local $/;
# decode replaces malformed bytes by U+FFFD
my $text = Encode::decode('UTF-8', <STDIN> // '');
binmode STDOUT, ':encoding(UTF-8)';

my %entity = (
  amp => '&', lt => '<', gt => '>', quot => '"', apos => "'", nbsp => ' ',
  mdash => "\x{2014}", ndash => "\x{2013}", hellip => "\x{2026}", copy => "\x{A9}",
);

if ($form eq 'html') {
  $text =~ s/<head\b.*?<\/head>//gs;
  $text =~ s/<(ul|div) class="(?:docnav|toc)\b.*?<\/\1>//gs;
  # listings and screens are commands, not sentences
  $text =~ s/<pre\b.*?<\/pre>/\n\n/gs;
  $text =~ s/<\/?(?:div|p|h\d|ul|ol|li|dl|dt|dd|table|tr|td|th|br)\b[^>]*>/\n\n/g;
  $text =~ s/<[^>]*>//g;
  $text =~ s/&#x([0-9A-Fa-f]+);/chr hex $1/ge;
  $text =~ s/&#(\d+);/chr $1/ge;
  $text =~ s/&(\w+);/$entity{$1} \/\/ "&$1;"/ge;
} elsif ($form eq 'markdown') {
  $text =~ s/^[ >]*//gm;
  $text =~ s/^#+ .*$//gm;
  $text =~ s/^[*+-] +/\n/gm;
  $text =~ s/!?\[([^\[\]]*)\]\([^()]*\)/$1/g;
  $text =~ s/\*\*//g;
  $text =~ s/(?<![A-Za-z0-9])[_*]+|[_*]+(?![A-Za-z0-9])//g;
  $text =~ s/\\([^A-Za-z0-9\s])/$1/g;
} elsif ($form eq 'plain') {
  $text =~ s/\{([^{}]*)\}/$1/g;
} elsif ($form eq 'dictionary') {
  # sources such as [1913 Webster], pronunciations between backslashes, and braces of references
  $text =~ s/\[(?:1913 Webster|PJC|WordNet|Webster 1913|RP|AS|Century|RH|MW|CCEL?)[^\[\]]*\]//g;
  $text =~ s/[ ]*\\[^\\\n]+\\//g;
  $text =~ s/\[?\{([^{}]*)\}\]?/$1/g;
}
$text =~ s/\r//g;

my %seen;
for my $paragraph (split /\n\s*\n/, $text) {
  $paragraph =~ s/\s+/ /g;
  $paragraph =~ s/^ | $//g;
  $paragraph =~ s/ ([,.;:!?)\]])/$1/g;
  $paragraph =~ s/([(\[]) /$1/g;
  my $words = () = $paragraph =~ /\w*[^\W\d_]{2,}/g;
  next if $words < 4 || $seen{$paragraph}++;
  print "$paragraph\n";
}
