// OpenBLAS is told to use one thread before it is initialised. It would start a thread for every processor while the
// program is loaded, which our workers make useless, and it ends the process by a signal where it gets no thread, and
// spins without end where a thread gets no memory.
//
// OpenBLAS reads the environment in its initialiser, which runs before the program's own. Functions in `.preinit_array`
// run before those of all libraries. What they add to the environment is lost, so for the time of loading one entry is
// replaced by ours.
#include <stddef.h>
#include <string.h>

static char setting[] = "OPENBLAS_NUM_THREADS=1";
static char **place;
static char *before;

static int begins(const char *entry, const char *with) { return strncmp(entry, with, strlen(with)) == 0; }

/// Returns whether an entry may be missing while libraries are initialised.
static int is_spared(const char *entry) {
  static const char *needed[] = {"LD_", "MALLOC_", "GLIBC_", "OPENBLAS_", "OMP_", "GOTO_", "SWIFT_", "ASAN_",
                                 "TSAN_", "UBSAN_", "LSAN_"};
  for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
    if (begins(entry, needed[i])) return 0;
  return 1;
}

static void ask_for_one_thread(int count, char **arguments, char **environment) {
  (void)count, (void)arguments;
  char **spared = NULL;
  for (char **entry = environment; *entry; entry++) {
    if (begins(*entry, "OPENBLAS_NUM_THREADS=")) {
      spared = entry;
      break;
    }
    if (is_spared(*entry)) spared = entry;
  }
  if (!spared) return;
  place = spared;
  before = *spared;
  *spared = setting;
}

__attribute__((section(".preinit_array"), used)) static void (*const first)(int, char **, char **) =
    ask_for_one_thread;

/// Puts the environment right again before the program's own code runs.
__attribute__((constructor(101))) static void restore(void) {
  if (place && *place == setting) *place = before;
}
