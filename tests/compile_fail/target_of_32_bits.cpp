// expect: Arenite needs a 64-bit little-endian processor
#undef __SIZEOF_POINTER__
#define __SIZEOF_POINTER__ 4
#include "arena/target.h"
