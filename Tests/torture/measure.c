// measure OUTFILE SECONDS COMMAND...: runs the command, kills it after so many seconds, and writes
// "status-or-minus-signal seconds processor-seconds peak-megabytes timed-out" to OUTFILE.
// It is small itself: a child's peak memory starts at that of the process that made it.
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static pid_t child;
static volatile sig_atomic_t late;

static void onAlarm(int number) {
  (void)number;
  late = 1;
  kill(child, SIGKILL);
}

int main(int count, char **words) {
  if (count < 4) return 64;
  struct timespec start, end;
  clock_gettime(CLOCK_MONOTONIC, &start);
  child = fork();
  if (child == 0) {
    execvp(words[3], words + 3);
    _exit(127);
  }
  signal(SIGALRM, onAlarm);
  alarm((unsigned)atoi(words[2]));
  int status;
  struct rusage usage;
  while (wait4(child, &status, 0, &usage) < 0) continue;
  clock_gettime(CLOCK_MONOTONIC, &end);
  double seconds = (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
  double busy = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
  FILE *out = fopen(words[1], "w");
  if (!out) return 73;
  fprintf(out, "%d %.3f %.3f %ld %d\n", WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status), seconds,
          busy, usage.ru_maxrss / 1024, (int)late);
  return fclose(out) ? 74 : 0;
}
