#ifndef AETOOL_CBLAS_SHIM_H
#define AETOOL_CBLAS_SHIM_H

#include <cblas.h>
#include <lapacke.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

/// Makes this thread treat subnormal numbers as zero, in operands and in results: they cost a hundred cycles each, and
/// a vanishing gradient is full of them.
static inline void aetool_flush_subnormals(void) {
#if defined(__x86_64__)
  _mm_setcsr(_mm_getcsr() | 0x8040); // 0x8040 sets flush-to-zero (bit 15) and denormals-are-zero (bit 6).
#endif
}

/// Flushes subnormal numbers in this thread from now on; returns the modes before, for `aetool_leave_flushed_mode`.
static inline unsigned int aetool_enter_flushed_mode(void) {
#if defined(__x86_64__)
  unsigned int before = _mm_getcsr();
  _mm_setcsr(before | 0x8040);
  return before;
#else
  return 0;
#endif
}

static inline void aetool_leave_flushed_mode(unsigned int modes) {
#if defined(__x86_64__)
  _mm_setcsr(modes);
#endif
}

typedef float aetool_f8 __attribute__((vector_size(32), aligned(32)));
typedef double aetool_d4 __attribute__((vector_size(32), aligned(32)));

/// Takes square roots by vector instructions, lane by lane; Swift's own square root takes one number at a time.
__attribute__((always_inline)) static inline aetool_f8 aetool_square_roots_f8(aetool_f8 x) {
  return __builtin_elementwise_sqrt(x);
}
__attribute__((always_inline)) static inline aetool_d4 aetool_square_roots_d4(aetool_d4 x) {
  return __builtin_elementwise_sqrt(x);
}

/// a·b + c, lane by lane, in one instruction with one rounding where the program is built for processors that have it.
__attribute__((always_inline)) static inline aetool_f8 aetool_multiply_add_f8(aetool_f8 a, aetool_f8 b, aetool_f8 c) {
  return a * b + c;
}
__attribute__((always_inline)) static inline aetool_d4 aetool_multiply_add_d4(aetool_d4 a, aetool_d4 b, aetool_d4 c) {
  return a * b + c;
}

typedef unsigned char aetool_u8x8 __attribute__((vector_size(8), aligned(8)));

/// Converts bytes to numbers by vector instructions, lane by lane; Swift's own conversion takes one number at a time.
__attribute__((always_inline)) static inline aetool_f8 aetool_numbers_f8(aetool_u8x8 x) {
  typedef int i8 __attribute__((vector_size(32)));
  return __builtin_convertvector(__builtin_convertvector(x, i8), aetool_f8);
}

/// Asks the processor to bring the cache line at this address near.
static inline void aetool_prefetch(const void *address) { __builtin_prefetch(address); }

/// Returns the number of processors that the scheduler may put this process on; 0 where the system does not say.
static inline int aetool_processors_of_mask(void) {
  // The system call is used, since the C library's function is for masks of 1024 processors at most.
  unsigned long mask[4096];
  long bytes = syscall(SYS_sched_getaffinity, 0, sizeof mask, mask);
  int count = 0;
  for (long i = 0; i < bytes / (long)sizeof mask[0]; i++) count += __builtin_popcountl(mask[i]);
  return count;
}

/// Tells the processor that this is a waiting loop.
static inline void aetool_pause(void) {
#if defined(__x86_64__)
  _mm_pause();
#endif
}

#endif
