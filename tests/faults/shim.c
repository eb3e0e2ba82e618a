/* Stands between a program and its files (LD_PRELOAD), for tests of what disks, power and clocks do to it.
 *
 * What it does is told by the environment; only files below FAULTS_DIRECTORY are touched:
 *   FAULTS_JOURNAL=FILE    appends every operation that changed something and every sync to FILE (journal.rs reads it)
 *   FAULTS_FAIL=N:ERRNO    the N-th operation, counted from 0, is not done and fails with this number
 *   FAULTS_KILL=N          at the N-th operation half of it is done, if it is a write, and the process is killed
 *   FAULTS_DISK_BYTES=N    files grow by N bytes in all; then the disk is full
 *   FAULTS_HOLD=FOLDER     while FOLDER/reached exists, a sync of a tape opens that pipe to write, then waits for FOLDER/go
 *   FAULTS_CLOCK=FILE      the seconds in FILE are added to the clock of the day
 *
 * The calls below reach the kernel by syscall(2), so that none of them meets another one of ours.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum operation { OPEN = 1, WRITE, LENGTH, SYNC_BEGUN, SYNCED, MAKE_FOLDER, RENAME, REMOVE };
enum { CREATED = 1, EMPTIED = 2, FILES_MAX = 65536 };

static struct watched {
    uint64_t handle; /* 0: not one of ours */
    dev_t device;
    ino_t inode;
    int is_tape;
} files[FILES_MAX];

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char directory[PATH_MAX];
static int journal = -1;
static uint64_t next_handle = 1, next_token = 1, operations;
static int64_t fail_at = -1, kill_at = -1, disk_bytes = -1;
static int fail_with;
static char hold_reached[PATH_MAX], hold_go[PATH_MAX];
static const char *clock_file;

__attribute__((constructor)) static void begin(void) {
    const char *value = getenv("FAULTS_DIRECTORY");
    clock_file = getenv("FAULTS_CLOCK");
    if (!value) return;
    snprintf(directory, sizeof directory, "%s", value);
    if ((value = getenv("FAULTS_JOURNAL")))
        journal = syscall(SYS_openat, AT_FDCWD, value, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if ((value = getenv("FAULTS_FAIL"))) sscanf(value, "%ld:%d", &fail_at, &fail_with);
    if ((value = getenv("FAULTS_KILL"))) kill_at = atoll(value);
    if ((value = getenv("FAULTS_DISK_BYTES"))) disk_bytes = atoll(value);
    if ((value = getenv("FAULTS_HOLD"))) {
        snprintf(hold_reached, sizeof hold_reached, "%s/reached", value);
        snprintf(hold_go, sizeof hold_go, "%s/go", value);
    }
}

static void fatal(const char *why) {
    dprintf(2, "faults shim: %s\n", why);
    abort();
}

/* One operation in one append, so that threads do not mix theirs: the operation, two numbers, two lengths, two texts. */
static void note(enum operation operation, uint64_t a, uint64_t b, const void *first, size_t first_bytes,
                 const char *second) {
    if (journal < 0) return;
    struct { uint64_t operation, a, b, first_bytes, second_bytes; } head = {
        operation, a, b, first_bytes, second ? strlen(second) : 0
    };
    struct iovec parts[] = {
        { &head, sizeof head }, { (void *)first, first_bytes }, { (void *)second, head.second_bytes }
    };
    ssize_t written = syscall(SYS_writev, journal, parts, 3);
    if (written != (ssize_t)(sizeof head + first_bytes + head.second_bytes)) fatal("the journal cannot be written");
}

/* The absolute path, when it lies in the directory. */
static int is_ours(int folder, const char *path, char out[PATH_MAX]) {
    if (!directory[0] || !path) return 0;
    char base[PATH_MAX] = "";
    if (path[0] != '/') {
        if (folder == AT_FDCWD) {
            if (syscall(SYS_getcwd, base, sizeof base) < 0) return 0;
        } else {
            char link[64];
            snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
            ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, base, sizeof base - 1);
            if (length < 0) return 0;
            base[length] = 0;
        }
        if (snprintf(out, PATH_MAX, "%s/%s", base, path) >= PATH_MAX) return 0;
    } else if (snprintf(out, PATH_MAX, "%s", path) >= PATH_MAX) {
        return 0;
    }
    size_t length = strlen(directory);
    return strncmp(out, directory, length) == 0 && (out[length] == 0 || out[length] == '/');
}

/* A number may belong to another file by now: some calls of libc close without passing here. */
static struct watched *watched(int fd) {
    if (fd < 0 || fd >= FILES_MAX || !files[fd].handle) return NULL;
    struct stat now;
    if (fstat(fd, &now) < 0 || now.st_dev != files[fd].device || now.st_ino != files[fd].inode) {
        files[fd].handle = 0;
        return NULL;
    }
    return &files[fd];
}

/* Counts an operation; says whether it is to fail. */
static int fails(void) {
    int64_t number = operations++;
    if (number == kill_at) kill(getpid(), SIGKILL);
    if (number != fail_at) return 0;
    errno = fail_with;
    return 1;
}

static int open_at(int folder, const char *path, int flags, mode_t mode) {
    char full[PATH_MAX];
    if (!is_ours(folder, path, full)) return syscall(SYS_openat, folder, path, flags, mode);
    pthread_mutex_lock(&lock);
    struct stat before, after;
    int existed = fstatat(folder, path, &before, 0) == 0;
    int changes = (!existed && (flags & O_CREAT)) || (existed && (flags & O_TRUNC));
    int fd = changes && fails() ? -1 : syscall(SYS_openat, folder, path, flags, mode);
    if (fd >= FILES_MAX) fatal("too many files");
    if (fd >= 0 && fstat(fd, &after) == 0) {
        files[fd] = (struct watched){ next_handle++, after.st_dev, after.st_ino, strstr(full, "/tape/") != NULL };
        uint64_t how = (existed ? 0 : CREATED) | (existed && (flags & O_TRUNC) ? EMPTIED : 0);
        note(OPEN, files[fd].handle, how, full, strlen(full), NULL);
    }
    pthread_mutex_unlock(&lock);
    return fd;
}

static ssize_t put(int fd, const void *bytes, size_t count, off_t offset) {
    pthread_mutex_lock(&lock);
    struct watched *file = watched(fd);
    ssize_t written = -1;
    int saved = 0;
    if (file) {
        struct stat now;
        fstat(fd, &now);
        off_t at = offset >= 0 ? offset
                 : fcntl(fd, F_GETFL) & O_APPEND ? now.st_size
                 : syscall(SYS_lseek, fd, 0, SEEK_CUR);
        off_t growth = at + (off_t)count > now.st_size ? at + (off_t)count - now.st_size : 0;
        if (disk_bytes >= 0 && growth > disk_bytes) {
            /* What fits is written, as disks do. */
            count = growth - disk_bytes < (off_t)count ? count - (growth - disk_bytes) : 0;
            growth = count ? disk_bytes : 0;
        }
        if (disk_bytes >= 0) disk_bytes -= growth;
        if ((int64_t)operations == kill_at) {
            syscall(SYS_pwrite64, fd, bytes, count / 2, at);
            note(WRITE, file->handle, at, bytes, count / 2, NULL);
        }
        if (fails()) {
            saved = errno;
        } else if (!count && growth == 0 && disk_bytes == 0) {
            saved = ENOSPC;
        } else {
            written = offset >= 0 ? syscall(SYS_pwrite64, fd, bytes, count, offset) : syscall(SYS_write, fd, bytes, count);
            saved = errno;
            if (written > 0) note(WRITE, file->handle, at, bytes, written, NULL);
        }
    }
    pthread_mutex_unlock(&lock);
    if (!file)
        return offset >= 0 ? syscall(SYS_pwrite64, fd, bytes, count, offset) : syscall(SYS_write, fd, bytes, count);
    errno = saved;
    return written;
}

static int cut(int fd, off_t length) {
    pthread_mutex_lock(&lock);
    struct watched *file = watched(fd);
    int result = file && fails() ? -1 : syscall(SYS_ftruncate, fd, length);
    if (file && result == 0) note(LENGTH, file->handle, length, NULL, 0, NULL);
    pthread_mutex_unlock(&lock);
    return result;
}

static int sync_file(int fd, int number) {
    pthread_mutex_lock(&lock);
    struct watched *file = watched(fd);
    uint64_t handle = file ? file->handle : 0, token = next_token++;
    int failed = 0, is_tape = file && file->is_tape;
    if (file) {
        failed = fails();
        note(SYNC_BEGUN, handle, token, NULL, 0, NULL);
    }
    pthread_mutex_unlock(&lock);
    if (failed) return -1;
    if (is_tape && hold_reached[0] && access(hold_reached, F_OK) == 0) {
        /* A pipe opens when its other end does: first the test learns that we are here, then we learn to go on. */
        int reached = syscall(SYS_openat, AT_FDCWD, hold_reached, O_WRONLY, 0);
        syscall(SYS_close, reached);
        int go = syscall(SYS_openat, AT_FDCWD, hold_go, O_RDONLY, 0);
        syscall(SYS_close, go);
    }
    int result = syscall(number, fd);
    if (result == 0 && handle) note(SYNCED, handle, token, NULL, 0, NULL);
    return result;
}

static int make_folder(int folder, const char *path, mode_t mode) {
    char full[PATH_MAX];
    if (!is_ours(folder, path, full)) return syscall(SYS_mkdirat, folder, path, mode);
    pthread_mutex_lock(&lock);
    int result = fails() ? -1 : syscall(SYS_mkdirat, folder, path, mode);
    if (result == 0) note(MAKE_FOLDER, 0, 0, full, strlen(full), NULL);
    pthread_mutex_unlock(&lock);
    return result;
}

static int move(int from_folder, const char *from, int to_folder, const char *to, unsigned flags) {
    char full_from[PATH_MAX], full_to[PATH_MAX];
    int ours = is_ours(from_folder, from, full_from) & is_ours(to_folder, to, full_to);
    if (!ours) return syscall(SYS_renameat2, from_folder, from, to_folder, to, flags);
    pthread_mutex_lock(&lock);
    int result = fails() ? -1 : syscall(SYS_renameat2, from_folder, from, to_folder, to, flags);
    if (result == 0) note(RENAME, 0, 0, full_from, strlen(full_from), full_to);
    pthread_mutex_unlock(&lock);
    return result;
}

static int remove_at(int folder, const char *path, int flags) {
    char full[PATH_MAX];
    if (!is_ours(folder, path, full)) return syscall(SYS_unlinkat, folder, path, flags);
    pthread_mutex_lock(&lock);
    int result = fails() ? -1 : syscall(SYS_unlinkat, folder, path, flags);
    if (result == 0) note(REMOVE, 0, 0, full, strlen(full), NULL);
    pthread_mutex_unlock(&lock);
    return result;
}

#define MODE(flags, after)                                                                                             \
    mode_t mode = 0;                                                                                                   \
    if (flags & (O_CREAT | O_TMPFILE)) {                                                                               \
        va_list arguments;                                                                                             \
        va_start(arguments, after);                                                                                    \
        mode = va_arg(arguments, mode_t);                                                                              \
        va_end(arguments);                                                                                             \
    }

int open(const char *path, int flags, ...) { MODE(flags, flags) return open_at(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE(flags, flags) return open_at(AT_FDCWD, path, flags, mode); }
int openat(int folder, const char *path, int flags, ...) { MODE(flags, flags) return open_at(folder, path, flags, mode); }
int openat64(int folder, const char *path, int flags, ...) { MODE(flags, flags) return open_at(folder, path, flags, mode); }
int creat(const char *path, mode_t mode) { return open_at(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, mode); }

ssize_t write(int fd, const void *bytes, size_t count) { return put(fd, bytes, count, -1); }
ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) { return put(fd, bytes, count, offset); }
ssize_t pwrite64(int fd, const void *bytes, size_t count, off_t offset) { return put(fd, bytes, count, offset); }

/* Several buffers may be written one by one, as a short write: whoever calls goes on with the rest. */
ssize_t writev(int fd, const struct iovec *parts, int count) {
    pthread_mutex_lock(&lock);
    int ours = watched(fd) != NULL;
    pthread_mutex_unlock(&lock);
    return ours && count > 0 ? put(fd, parts[0].iov_base, parts[0].iov_len, -1) : syscall(SYS_writev, fd, parts, count);
}

/* Not modelled: whoever calls these falls back to plain reads and writes, or is found out. */
ssize_t copy_file_range(int in, off_t *in_at, int out, off_t *out_at, size_t count, unsigned flags) {
    (void)in, (void)in_at, (void)out, (void)out_at, (void)count, (void)flags;
    errno = ENOSYS;
    return -1;
}
ssize_t sendfile(int out, int in, off_t *offset, size_t count) {
    (void)out, (void)in, (void)offset, (void)count;
    errno = ENOSYS;
    return -1;
}

int ftruncate(int fd, off_t length) { return cut(fd, length); }
int ftruncate64(int fd, off_t length) { return cut(fd, length); }

int fsync(int fd) { return sync_file(fd, SYS_fsync); }
int fdatasync(int fd) { return sync_file(fd, SYS_fdatasync); }

int mkdir(const char *path, mode_t mode) { return make_folder(AT_FDCWD, path, mode); }
int mkdirat(int folder, const char *path, mode_t mode) { return make_folder(folder, path, mode); }
int rename(const char *from, const char *to) { return move(AT_FDCWD, from, AT_FDCWD, to, 0); }
int renameat(int from_folder, const char *from, int to_folder, const char *to) {
    return move(from_folder, from, to_folder, to, 0);
}
int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags) {
    return move(from_folder, from, to_folder, to, flags);
}
int unlink(const char *path) { return remove_at(AT_FDCWD, path, 0); }
int unlinkat(int folder, const char *path, int flags) { return remove_at(folder, path, flags); }
int rmdir(const char *path) { return remove_at(AT_FDCWD, path, AT_REMOVEDIR); }

int clock_gettime(clockid_t clock, struct timespec *now) {
    int result = syscall(SYS_clock_gettime, clock, now);
    if (result == 0 && clock == CLOCK_REALTIME && clock_file) {
        char text[32] = "";
        int fd = syscall(SYS_openat, AT_FDCWD, clock_file, O_RDONLY | O_CLOEXEC, 0);
        if (fd >= 0) {
            if (syscall(SYS_read, fd, text, sizeof text - 1) > 0) now->tv_sec += atoll(text);
            syscall(SYS_close, fd);
        }
    }
    return result;
}
