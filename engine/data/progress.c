/*
 * progress.c — one publication at a time: one state under a lock.
 */
#include "data/progress.h"
#include "base/mem.h"
#include "base/str.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { KEY_MOST = 64 };

struct Progress {
    pthread_mutex_t lock;
    char key[KEY_MOST + 1];
    ProgressSeen now;
};

Progress *progress_new(void)
{
    Progress *p = mem_alloc(sizeof *p);

    *p = (Progress){ .now = { 0 } };
    pthread_mutex_init(&p->lock, NULL);
    return p;
}

void progress_free(Progress *p)
{
    if (!p) return;
    pthread_mutex_destroy(&p->lock);
    mem_free(p);
}

void progress_begin(Progress *p, const char *key, int steps)
{
    if (!p || !key || !*key || strlen(key) > KEY_MOST) return;
    pthread_mutex_lock(&p->lock);
    strcpy(p->key, key);
    p->now = (ProgressSeen){ .step = -1, .steps = steps };
    pthread_mutex_unlock(&p->lock);
}

void progress_step(Progress *p, const char *text, int64_t of)
{
    if (!p) return;
    pthread_mutex_lock(&p->lock);
    if (p->now.step < p->now.steps) p->now.step++;
    p->now.rows = 0;
    p->now.of = of > 0 ? of : 0;
    snprintf(p->now.text, sizeof p->now.text, "%s", text ? text : "");
    /* No half character at the cut. */
    for (size_t n = strlen(p->now.text); n && !utf8_valid(p->now.text, n); ) p->now.text[--n] = 0;
    pthread_mutex_unlock(&p->lock);
}

void progress_rows(Progress *p, int64_t more)
{
    if (!p) return;
    pthread_mutex_lock(&p->lock);
    p->now.rows += more;
    pthread_mutex_unlock(&p->lock);
}

void progress_end(Progress *p)
{
    if (!p) return;
    pthread_mutex_lock(&p->lock);
    p->key[0] = 0;
    pthread_mutex_unlock(&p->lock);
}

bool progress_look(Progress *p, const char *key, ProgressSeen *out)
{
    pthread_mutex_lock(&p->lock);
    bool mine = p->key[0] && str_eq(p->key, key);
    if (mine) *out = p->now;
    pthread_mutex_unlock(&p->lock);
    return mine;
}
