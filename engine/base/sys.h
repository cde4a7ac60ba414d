/*
 * sys — the only file that asks the operating system: files, clock, random, log.
 */
#ifndef BASE_SYS_H
#define BASE_SYS_H
#include "base/cx.h"

#include <pthread.h>
#include <time.h>

/* Files. Paths are borrowed. file_read refuses more than `max` bytes (E_SIZE). */
MUST bool file_read(Cx *cx, const char *path, size_t max, char **out, size_t *n);
/* Readers see the old file or the new one, never half of either; synced before true. */
MUST bool file_write(Cx *cx, const char *path, const char *data, size_t n);
bool file_exists(const char *path);
bool file_is_dir(const char *path);
/* Differs when the file became another one: by content, or put in its place. 0: there is none. */
uint64_t file_stamp(const char *path);
bool file_writable(const char *path);                    /* a folder or a file */
MUST bool file_remove(Cx *cx, const char *path);         /* what is not there is removed */
MUST bool dir_make(Cx *cx, const char *path);            /* with parents */
/* Names in a folder that end so, sorted by name. A missing folder has none. */
MUST bool dir_list(Cx *cx, const char *path, const char *ending, const char ***out, int *n);
char *path_join(Arena *a, const char *dir, const char *name);
/* Of the environment; NULL when it is not set. */
const char *sys_env(const char *name);

/* Clock: seconds since 1970 UTC. A test clock replaces it for the whole process. */
int64_t sys_now(void);
int64_t sys_now_ms(void);                                /* follows the test clock too */
void sys_clock_set(int64_t now);                         /* stands still until set again */
void sys_clock_clear(void);
int64_t sys_mono_us(void);                               /* monotonic, never replaced */
/* A condition whose timed waits go by the monotonic clock, and the moment `ms` from now for them. */
void sys_cond_init(pthread_cond_t *c);
struct timespec sys_in_ms(int ms);
int64_t sys_cpu_us(void);                                /* this thread's time on a processor */
int64_t sys_waited_us(void);                             /* … and what it waited for another program */
void sys_waited(int64_t us);                             /* told by who waited */

void sys_random(void *out, size_t n);                    /* libsodium */
char *sys_token(Arena *a);                               /* 256 random bits, base64url */
char *sys_sha256_hex(Arena *a, const void *data, size_t n);

/* One JSON line on stderr: time, level, message and pairs of key, value (NULL ends them).
   Never pass secrets. */
typedef enum LogLevel { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR } LogLevel;
void sys_log_level(LogLevel least);
bool sys_logs(LogLevel level);                /* would it be written? For texts made for it */
void sys_log(LogLevel level, const char *message, ...) __attribute__((sentinel));
#endif
