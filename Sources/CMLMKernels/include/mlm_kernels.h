#ifndef MLM_KERNELS_H
#define MLM_KERNELS_H
#endif
