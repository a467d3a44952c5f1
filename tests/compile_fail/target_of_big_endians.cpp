// expect: Arenite needs a 64-bit little-endian processor
#undef __BYTE_ORDER__
#define __BYTE_ORDER__ __ORDER_BIG_ENDIAN__
#include "arena/target.h"
