/*
 * metric — the text that Prometheus reads (exposition format 0.0.4).
 *
 * A family is its head, then its samples. Names are literals of ours; the values of labels come
 * from tables and definitions, never from what people enter, so that there are not too many.
 */
#ifndef HTTP_METRIC_H
#define HTTP_METRIC_H
#include "base/hist.h"
#include "base/str.h"

typedef enum MetricType { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM } MetricType;
void metric_family(Str *s, const char *name, MetricType type, const char *help);

enum { METRIC_LABELS = 4 };
typedef struct MetricLabel { const char *name, *value; } MetricLabel;
/* Labels end with the first that has no name; NULL: none. */
void metric_value(Str *s, const char *name, const MetricLabel *label, double value);
void metric_histogram(Str *s, const char *name, const MetricLabel *label,
    const HistScale *scale, const HistSeen *seen);
/* A family of one sample. */
void metric_one(Str *s, const char *name, MetricType type, const char *help, double value);
#endif
