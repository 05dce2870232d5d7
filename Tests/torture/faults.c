// A library for LD_PRELOAD that makes calls of a program's outputs fail, or kills the program at one of them.
//
//   FAULT_CALLS   letters of the calls that count: o open for writing, w write, f fsync, r rename and link, c close of
//                 what was opened for writing, u unlink, l flock, m the mode and owner of a file, t ftruncate,
//                 R read of a regular file
//   FAULT_K       the number, from 1, of the counted call that is concerned; 0 for none
//   FAULT_MODE    fail: the k-th call fails once;  sticky: it and all later ones fail;  short: every write takes at
//                 most FAULT_SHORT bytes, every read 7,777;  eintr: every other open, write, read and fsync is
//                 interrupted;
//                 kill: the program is killed before the k-th call;  killed: it is killed behind it
//   FAULT_ERROR   the number of the error
//   FAULT_UNDER   only files whose names begin with this are concerned
//   FAULT_COUNT   a file that gets the number of calls and their letters when the program ends
//
// Standard output and standard error, devices and /proc never count.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { fail, sticky, shortened, interrupted, killBefore, killBehind };

static const char *modes[] = {"fail", "sticky", "short", "eintr", "kill", "killed"};
static const char *counted = "owfrc";
static const char *under = "";
static int chosen, error = ENOSPC, mode, most = 1, count, ready, isKillDue;
static char trace[1 << 16];
static unsigned char isOutput[4096];

static void prepare(void) {
  if (ready) return;
  ready = 1;
  char *text;
  if ((text = getenv("FAULT_CALLS"))) counted = text;
  if ((text = getenv("FAULT_K"))) chosen = atoi(text);
  if ((text = getenv("FAULT_ERROR"))) error = atoi(text);
  if ((text = getenv("FAULT_SHORT"))) most = atoi(text);
  if ((text = getenv("FAULT_UNDER"))) under = text;
  if ((text = getenv("FAULT_MODE")))
    for (int i = 0; i < 6; i++)
      if (!strcmp(text, modes[i])) mode = i;
}

// Counts a call and says whether it is to fail.
static int hit(char call) {
  prepare();
  if (!strchr(counted, call)) return 0;
  int number = __sync_add_and_fetch(&count, 1);
  if (number < (int)sizeof trace) trace[number - 1] = call;
  if (mode == killBefore && number == chosen) raise(SIGKILL);
  if (mode == killBehind && number == chosen) isKillDue = 1;
  return (mode == fail && number == chosen) || (mode == sticky && chosen && number >= chosen);
}

// What a wrapper returns: behind the call that was chosen, the program is killed.
#define DONE(value)                     \
  do {                                  \
    __typeof__(value) result = (value); \
    if (isKillDue) raise(SIGKILL);      \
    return result;                      \
  } while (0)

#define FAIL_IF(condition) \
  if (condition) {         \
    errno = error;         \
    return -1;             \
  }

#define REAL(name) static __typeof__(name) *real; if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

// Whether this call of many is interrupted.
static int isInterrupted(int *turn) {
  if (mode != interrupted || !(*turn ^= 1)) return 0;
  errno = EINTR;
  return 1;
}

__attribute__((destructor)) static void report(void) {
  prepare();
  char *path = getenv("FAULT_COUNT");
  if (!path) return;
  int (*opens)(const char *, int, ...) = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open");
  ssize_t (*writes)(int, const void *, size_t) = (ssize_t (*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
  char text[64];
  int file = opens(path, O_WRONLY | O_CREAT | O_TRUNC, 0644), length = snprintf(text, sizeof text, "%d ", count);
  if (writes(file, text, (size_t)length) < 0 || writes(file, trace, strlen(trace)) < 0) _exit(99);
}

// Whether a path, relative to an open folder, is concerned.
static int concerns(int folder, const char *path) {
  prepare();
  if (!strncmp(path, "/dev/", 5) || !strncmp(path, "/proc/", 6) || !strncmp(path, "/sys/", 5)) return 0;
  if (!*under) return 1;
  char whole[2 * PATH_MAX + 2], link[64];
  if (*path == '/') return !strncmp(path, under, strlen(under));
  snprintf(link, sizeof link, folder == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d", folder);
  ssize_t length = readlink(link, whole, PATH_MAX);
  if (length < 0) return 0;
  snprintf(whole + length, sizeof whole - (size_t)length, "/%s", path);
  return !strncmp(whole, under, strlen(under));
}

static int isCounted(int file) { return file > 2 && file < 4096 && isOutput[file]; }

static int isRegular(int file) {
  struct stat status;
  return file > 2 && !fstat(file, &status) && S_ISREG(status.st_mode);
}

// Whether an open file or folder is concerned.
static int concernsOpen(int file) {
  char link[64], path[PATH_MAX + 1];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, PATH_MAX);
  if (length < 0) return 0;
  path[length] = 0;
  return *path == '/' && concerns(AT_FDCWD, path);
}

static int opened(int file, int isConcerned) {
  if (file >= 0 && file < 4096) isOutput[file] = isConcerned && isRegular(file);
  return file;
}

#define OPEN(name)                                                              \
  int name(const char *path, int flags, ...) {                                  \
    static int (*real)(const char *, int, ...), turn;                           \
    if (!real) real = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, #name); \
    mode_t permissions = 0;                                                     \
    if (flags & (O_CREAT | __O_TMPFILE)) {                                      \
      va_list rest;                                                             \
      va_start(rest, flags);                                                    \
      permissions = va_arg(rest, mode_t);                                       \
      va_end(rest);                                                             \
    }                                                                           \
    int isMine = (flags & O_ACCMODE) != O_RDONLY && concerns(AT_FDCWD, path);   \
    FAIL_IF(isMine && hit('o'));                                                \
    if (isMine && isInterrupted(&turn)) return -1;                              \
    DONE(opened(real(path, flags, permissions), isMine));                       \
  }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                                 \
  int name(int folder, const char *path, int flags, ...) {                           \
    static int (*real)(int, const char *, int, ...), turn;                           \
    if (!real) real = (int (*)(int, const char *, int, ...))dlsym(RTLD_NEXT, #name); \
    mode_t permissions = 0;                                                          \
    if (flags & (O_CREAT | __O_TMPFILE)) {                                           \
      va_list rest;                                                                  \
      va_start(rest, flags);                                                         \
      permissions = va_arg(rest, mode_t);                                            \
      va_end(rest);                                                                  \
    }                                                                                \
    int isMine = (flags & O_ACCMODE) != O_RDONLY && concerns(folder, path);          \
    FAIL_IF(isMine && hit('o'));                                                     \
    if (isMine && isInterrupted(&turn)) return -1;                                   \
    DONE(opened(real(folder, path, flags, permissions), isMine));                    \
  }
OPENAT(openat)
OPENAT(openat64)

#define MAKE_TEMPORARY(name, parameters, arguments, path) \
  int name parameters {                                   \
    REAL(name);                                           \
    int isMine = concerns(AT_FDCWD, path);                \
    FAIL_IF(isMine && hit('o'));                          \
    DONE(opened(real arguments, isMine));                 \
  }
MAKE_TEMPORARY(mkstemp, (char *path), (path), path)
MAKE_TEMPORARY(mkostemp, (char *path, int flags), (path, flags), path)
MAKE_TEMPORARY(mkstemps, (char *path, int length), (path, length), path)
MAKE_TEMPORARY(mkostemps, (char *path, int length, int flags), (path, length, flags), path)

static size_t cut(size_t length, int limit) {
  return mode == shortened && length > (size_t)limit ? (size_t)limit : length;
}

ssize_t write(int file, const void *bytes, size_t length) {
  REAL(write);
  static int turn;
  if (!isCounted(file)) return real(file, bytes, length);
  FAIL_IF(hit('w'));
  if (isInterrupted(&turn)) return -1;
  DONE(real(file, bytes, cut(length, most)));
}

#define PWRITE(name, offset_t)                                                  \
  ssize_t name(int file, const void *bytes, size_t length, offset_t position) { \
    REAL(name);                                                                 \
    static int turn;                                                            \
    if (!isCounted(file)) return real(file, bytes, length, position);           \
    FAIL_IF(hit('w'));                                                          \
    if (isInterrupted(&turn)) return -1;                                        \
    DONE(real(file, bytes, cut(length, most), position));                       \
  }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

ssize_t writev(int file, const struct iovec *parts, int number) {
  REAL(writev);
  static int turn;
  if (!isCounted(file)) return real(file, parts, number);
  FAIL_IF(hit('w'));
  if (isInterrupted(&turn)) return -1;
  if (mode == shortened && number > 0) return write(file, parts[0].iov_base, parts[0].iov_len);
  DONE(real(file, parts, number));
}

ssize_t read(int file, void *bytes, size_t length) {
  REAL(read);
  static int turn;
  prepare();
  if (!isRegular(file)) return real(file, bytes, length);
  FAIL_IF(hit('R'));
  if (isInterrupted(&turn)) return -1;
  DONE(real(file, bytes, cut(length, 7777)));
}

#define PREAD(name, offset_t)                                             \
  ssize_t name(int file, void *bytes, size_t length, offset_t position) { \
    REAL(name);                                                           \
    static int turn;                                                      \
    prepare();                                                            \
    if (!isRegular(file)) return real(file, bytes, length, position);     \
    FAIL_IF(hit('R'));                                                    \
    if (isInterrupted(&turn)) return -1;                                  \
    DONE(real(file, bytes, cut(length, 7777), position));                 \
  }
PREAD(pread, off_t)
PREAD(pread64, off64_t)

// A folder is synchronised too, and was opened for reading: it counts as the files do.
#define SYNC(name)                              \
  int name(int file) {                          \
    REAL(name);                                 \
    static int turn;                            \
    if (!concernsOpen(file)) return real(file); \
    FAIL_IF(hit('f'));                          \
    if (isInterrupted(&turn)) return -1;        \
    DONE(real(file));                           \
  }
SYNC(fsync)
SYNC(fdatasync)

int close(int file) {
  REAL(close);
  if (!isCounted(file)) return real(file);
  isOutput[file] = 0;
  if (hit('c')) {
    real(file);
    errno = error;
    return -1;
  }
  DONE(real(file));
}

#define ON_PATH(call, name, parameters, arguments, folder, path) \
  int name parameters {                                          \
    REAL(name);                                                  \
    FAIL_IF(concerns(folder, path) && hit(call));                \
    DONE(real arguments);                                        \
  }
ON_PATH('r', rename, (const char *a, const char *b), (a, b), AT_FDCWD, b)
ON_PATH('r', renameat, (int f, const char *a, int g, const char *b), (f, a, g, b), g, b)
ON_PATH('r', renameat2, (int f, const char *a, int g, const char *b, unsigned flags), (f, a, g, b, flags), g, b)
ON_PATH('r', link, (const char *a, const char *b), (a, b), AT_FDCWD, b)
ON_PATH('r', linkat, (int f, const char *a, int g, const char *b, int flags), (f, a, g, b, flags), g, b)
ON_PATH('u', unlink, (const char *a), (a), AT_FDCWD, a)
ON_PATH('u', unlinkat, (int f, const char *a, int flags), (f, a, flags), f, a)

#define ON_FILE(call, name, parameters, arguments) \
  int name parameters {                            \
    REAL(name);                                    \
    FAIL_IF(concernsOpen(file) && hit(call));      \
    DONE(real arguments);                          \
  }
ON_FILE('l', flock, (int file, int operation), (file, operation))
ON_FILE('t', ftruncate, (int file, off_t length), (file, length))
ON_FILE('m', fchmod, (int file, mode_t permissions), (file, permissions))
ON_FILE('m', fchown, (int file, uid_t user, gid_t group), (file, user, group))
