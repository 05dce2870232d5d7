// This check runs before any other code of the program. On a CPU without the instructions that the compiler was allowed
// to use, it says so in one line, where the program would otherwise die of an illegal instruction.
#include "CPUCheck.h"

#include <string.h>
#include <unistd.h>

const char *aetool_built_for(void) {
#if defined(__AVX512F__)
  return "x86-64-v4";
#elif defined(__AVX2__)
  return "x86-64-v3";
#else
  return "baseline";
#endif
}

#if defined(__x86_64__)
static void stop(const char *missing) {
  const char *parts[] = {
      "aetool: this program was built for a CPU with ", missing,
      ", which this one lacks; build it here with `make build ARCH=native` or `make build ARCH=baseline`\n"};
  for (int i = 0; i < 3; i++)
    if (write(STDERR_FILENO, parts[i], strlen(parts[i])) < 0) break;
  _exit(70);
}

__attribute__((constructor(101))) static void check_cpu(void) {
  __builtin_cpu_init();
#if defined(__AVX512F__)
  if (!__builtin_cpu_supports("avx512f")) stop("AVX-512");
#endif
#if defined(__AVX2__)
  if (!__builtin_cpu_supports("avx2")) stop("AVX2");
#endif
#if defined(__FMA__)
  if (!__builtin_cpu_supports("fma")) stop("FMA");
#endif
#if defined(__BMI2__)
  if (!__builtin_cpu_supports("bmi2")) stop("BMI2");
#endif
}
#endif
