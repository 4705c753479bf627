#include "mlm_kernels.h"
