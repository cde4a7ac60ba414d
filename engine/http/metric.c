/*
 * metric.c — see metric.h. Numbers are written so that they read back as the same.
 */
#include "http/metric.h"

#include <stdio.h>

static const char *const types[] = { "counter", "gauge", "histogram" };

void metric_family(Str *s, const char *name, MetricType type, const char *help)
{
    str_printf(s, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, types[type]);
}

static void put_label(Str *s, const char *name, const char *value, bool first)
{
    str_add(s, first ? "{" : ",");
    str_add(s, name);
    str_add(s, "=\"");
    for (const char *p = value; *p; p++) {
        if (*p == '\n') str_add(s, "\\n");
        else if (*p == '"' || *p == '\\') str_printf(s, "\\%c", *p);
        else str_add_char(s, *p);
    }
    str_add_char(s, '"');
}

/* `le`: the bound of a bucket, or NULL. */
static void put_labels(Str *s, const MetricLabel *label, const char *le)
{
    int n = 0;

    for (; label && n < METRIC_LABELS && label[n].name; n++)
        put_label(s, label[n].name, label[n].value, !n);
    if (le) put_label(s, "le", le, !n);
    if (n || le) str_add_char(s, '}');
}

static void put_number(Str *s, double value)
{
    str_printf(s, " %.15g\n", value);
}

void metric_value(Str *s, const char *name, const MetricLabel *label, double value)
{
    str_add(s, name);
    put_labels(s, label, NULL);
    put_number(s, value);
}

void metric_histogram(Str *s, const char *name, const MetricLabel *label,
    const HistScale *scale, const HistSeen *seen)
{
    int64_t below = 0;

    for (int i = 0; i <= scale->n; i++) {
        char le[32] = "+Inf";
        bool last = i == scale->n;
        below += seen->in[last ? HIST_BOUNDS : i];
        if (!last) snprintf(le, sizeof le, "%.15g", (double)scale->bound[i] * scale->unit);
        str_printf(s, "%s_bucket", name);
        put_labels(s, label, le);
        put_number(s, (double)below);
    }
    str_printf(s, "%s_sum", name);
    put_labels(s, label, NULL);
    put_number(s, (double)seen->sum * scale->unit);
    str_printf(s, "%s_count", name);
    put_labels(s, label, NULL);
    put_number(s, (double)below);
}

void metric_one(Str *s, const char *name, MetricType type, const char *help, double value)
{
    metric_family(s, name, type, help);
    metric_value(s, name, NULL, value);
}
