/* Included before all else in C for WebAssembly, which is libdeflate. It works with words of the size of size_t. That is 32 bits
   here, as pointers have, but WebAssembly computes with 64: with those it is a third faster. */
#if __has_include("common_defs.h")
#include "libdeflate.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
/* Used there for nothing but the word. */
#define size_t uint64_t
#include "common_defs.h"
#undef size_t
_Static_assert(WORDBITS == 64, "libdeflate works with 64 bits");
/* Its own files say so if this comes before theirs. */
#undef LIBDEFLATE_H
#endif
