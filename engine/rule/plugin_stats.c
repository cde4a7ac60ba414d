/*
 * plugin_stats.c — a table of names that only grows: a place once taken keeps its plugin, so
 * nobody has to wait for anybody. Names come from the app's files, never from data; a process
 * that has seen more of them than there are places counts the rest together.
 */
#include "rule/plugin_stats.h"
#include "base/hist.h"
#include "base/str.h"

#include <stdatomic.h>

#define TRIES 16              /* places looked at for one name */

typedef struct Place { _Atomic(char *) plugin; _Atomic int64_t runs, failed, us; } Place;
static Place places[PLUGIN_STATS_MOST - 1], rest;

/* The place is taken by whoever comes first; the other's copy of the name is not needed. */
static bool take(Place *p, const char *plugin)
{
    char *none = NULL, *copy = mem_dup(plugin);

    if (atomic_compare_exchange_strong(&p->plugin, &none, copy)) return true;
    mem_free(copy);
    return str_eq(none, plugin);
}

static Place *find(const char *plugin)
{
    uint64_t at = str_hash(plugin);

    for (int i = 0; i < TRIES; i++) {
        Place *p = &places[(at + (uint64_t)i) % LEN(places)];
        const char *name = p->plugin;
        if (name ? str_eq(name, plugin) : take(p, plugin)) return p;
    }
    return &rest;
}

void plugin_stats_add(const char *plugin, bool ok, int64_t us)
{
    Place *p = find(plugin);

    count_add(&p->runs, 1);
    count_add(&p->failed, !ok);
    count_add(&p->us, us);
}

static int put(PluginStats *out, int n, const char *plugin, const Place *p)
{
    out[n] = (PluginStats){ plugin, count_see(&p->runs), count_see(&p->failed),
        count_see(&p->us) };
    return n + (out[n].runs > 0);
}

int plugin_stats_list(PluginStats out[PLUGIN_STATS_MOST])
{
    int n = 0;

    for (int i = 0; i < LEN(places); i++)
        if (places[i].plugin) n = put(out, n, places[i].plugin, &places[i]);
    return put(out, n, "", &rest);
}
