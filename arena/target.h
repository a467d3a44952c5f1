// What Arenite runs on: values are 64-bit words that hold a position and a tag, and are read in parts.
#pragma once

#if __SIZEOF_POINTER__ != 8 || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "Arenite needs a 64-bit little-endian processor (such as x86-64 or aarch64)"
#endif
