/*
 * metrics_process.c — from /proc/self, which is all that a fenced service sees of /proc. The names
 * are those of the Prometheus client libraries, so that dashboards made for any program fit.
 */
#include "http/metrics.h"
#include "http/metric.h"
#include "base/sys.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static int64_t open_files(void)
{
    DIR *d = opendir("/proc/self/fd");
    int64_t n = -1;                           /* this folder's own */

    if (!d) return 0;
    for (struct dirent *one; (one = readdir(d)); ) n += *one->d_name != '.';
    closedir(d);
    return n;
}

/* The field of /proc/self/stat, counted from the one behind the program's name, which may hold
   anything. */
static double stat_field(int at)
{
    char text[1024];
    FILE *f = fopen("/proc/self/stat", "r");
    size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;

    if (f) fclose(f);
    text[n] = 0;
    const char *p = strrchr(text, ')');
    for (p = p ? p + 2 : ""; *p && at > 0; at--) {
        p += strcspn(p, " ");
        p += *p == ' ';
    }
    return strtod(p, NULL);
}

/* /proc tells it since the machine began. */
static double started(void)
{
    struct timespec now, up;

    clock_gettime(CLOCK_REALTIME, &now);
    clock_gettime(CLOCK_BOOTTIME, &up);
    return (double)(now.tv_sec - up.tv_sec) + (double)(now.tv_nsec - up.tv_nsec) / 1e9
        + stat_field(19) / (double)sysconf(_SC_CLK_TCK);
}

void metrics_process(Str *s)
{
    struct rusage used = { 0 };
    struct rlimit files = { 0 };

    getrusage(RUSAGE_SELF, &used);
    getrlimit(RLIMIT_NOFILE, &files);
    metric_one(s, "process_cpu_seconds_total", METRIC_COUNTER, "Time on a processor",
        (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec)
        + (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6);
    metric_one(s, "process_resident_memory_bytes", METRIC_GAUGE, "Resident memory",
        stat_field(21) * (double)sysconf(_SC_PAGESIZE));
    metric_one(s, "process_virtual_memory_bytes", METRIC_GAUGE, "Address space",
        stat_field(20));
    metric_one(s, "process_threads", METRIC_GAUGE, "Threads", stat_field(17));
    metric_one(s, "process_open_fds", METRIC_GAUGE, "Open files and sockets",
        (double)open_files());
    metric_one(s, "process_max_fds", METRIC_GAUGE, "How many there may be",
        (double)files.rlim_cur);
    metric_one(s, "process_start_time_seconds", METRIC_GAUGE, "When the process began",
        started());
}
