/*
 * plugin_stats — how often the rules of each plugin ran in this process, and for how long.
 */
#ifndef RULE_PLUGIN_STATS_H
#define RULE_PLUGIN_STATS_H
#include "base/mem.h"

/* us: by the clock, with the writes a rule made and the rules those set off. */
typedef struct PluginStats { const char *plugin; int64_t runs, failed, us; } PluginStats;

/* Any thread, without a lock. ok: neither a mistake nor a broken budget; a refusal is ok. */
void plugin_stats_add(const char *plugin, bool ok, int64_t us);
/* Plugins that ran; what found no place of its own is counted as "". Returns how many. */
enum { PLUGIN_STATS_MOST = 256 };
int plugin_stats_list(PluginStats out[PLUGIN_STATS_MOST]);
#endif
