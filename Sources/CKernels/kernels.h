// Private to CKernels: how a kernel becomes vector code for the processor it finds.
//
// Products and sums fuse only where one expression holds both, which the front end decides before
// any body is made: a row's tail and its middle, one body and the next, round alike.
#ifndef KERNELS_H
#define KERNELS_H

#include "CKernels.h"

#pragma STDC FP_CONTRACT ON

#if defined(CK_DISPATCH)
// One body, as the command line says: `swift test -Xcc -DCK_DISPATCH= -Xcc -march=x86-64-v3` tests
// one that this processor would not choose.
#elif defined(__x86_64__) && defined(__ELF__)
// Three bodies and a resolver per function; the processor's feature bits choose at start-up.
#define CK_DISPATCH __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CK_DISPATCH
#endif

// Inlined, so that it is compiled once per body; `min_vector_width` lets the AVX-512 body use all
// 512 bits, of which clang by itself would take 256.
#define CK_INLINE static inline __attribute__((always_inline, min_vector_width(512)))

#endif
