/*
 * event_box.c — a buffer under a lock.
 */
#include "data/event_box.h"
#include "base/sys.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

struct EventBox {
    EventShow show;
    pthread_mutex_t lock;
    pthread_cond_t filled;
    char *text; size_t n, cap;
    char at[64];                      /* a cursor */
    Event messages, app;              /* what is the case: told again after a reset */
    bool over;
    int64_t taken;                    /* when something was taken last, or a beat */
};

EventBox *event_box_new(EventShow show)
{
    EventBox *b = mem_alloc(sizeof *b);

    b->show = show;
    b->taken = sys_mono_us();
    pthread_mutex_init(&b->lock, NULL);
    sys_cond_init(&b->filled);
    return b;
}

void event_box_free(EventBox *b)
{
    pthread_mutex_destroy(&b->lock);
    pthread_cond_destroy(&b->filled);
    mem_free(b->text);
    mem_free(b);
}

static void append(EventBox *b, const Str *s)
{
    if (b->n + s->n > b->cap) {
        b->cap = (b->n + s->n) * 2;
        b->text = mem_resize(b->text, b->cap);
    }
    memcpy(b->text + b->n, s->p, s->n);
    b->n += s->n;
}

/* Who is too slow for all of it fetches anew. */
static void overflow(EventBox *b, Arena *a, const char *cursor)
{
    Str s = str_begin(a);

    b->n = 0;
    b->show(a, &(Event){ .kind = EVENT_RESET }, cursor ? cursor : b->at, &s);
    if (b->app.version) b->show(a, &b->app, NULL, &s);
    if (b->messages.kind == EVENT_MESSAGES) b->show(a, &b->messages, NULL, &s);
    append(b, &s);
}

void event_box_put(EventBox *b, Arena *a, const Event *e, const char *cursor)
{
    Str s = str_begin(a);

    b->show(a, e, cursor, &s);
    pthread_mutex_lock(&b->lock);
    if (e->kind == EVENT_MESSAGES) b->messages = *e;
    if (e->kind == EVENT_APP) b->app = *e;
    if (b->n + s.n > EVENT_BOX_BYTES) overflow(b, a, cursor);
    else append(b, &s);
    pthread_cond_signal(&b->filled);
    pthread_mutex_unlock(&b->lock);
}

void event_box_at(EventBox *b, const char *cursor)
{
    pthread_mutex_lock(&b->lock);
    snprintf(b->at, sizeof b->at, "%s", cursor);
    pthread_mutex_unlock(&b->lock);
}

void event_box_end(EventBox *b)
{
    pthread_mutex_lock(&b->lock);
    b->over = true;
    pthread_cond_signal(&b->filled);
    pthread_mutex_unlock(&b->lock);
}

bool event_box_take(EventBox *b, int ms, int beat_s, Str *out)
{
    struct timespec until = sys_in_ms(ms);

    pthread_mutex_lock(&b->lock);
    while (!b->n && !b->over)
        if (pthread_cond_timedwait(&b->filled, &b->lock, &until)) break;
    bool over = b->over;
    bool due = sys_mono_us() - b->taken >= beat_s * 1000000LL;
    if (!over && b->n) str_add_n(out, b->text, b->n);
    else if (!over && due) b->show(out->a, &(Event){ .kind = EVENT_BEAT }, b->at, out);
    if (b->n || due) b->taken = sys_mono_us();
    b->n = 0;
    pthread_mutex_unlock(&b->lock);
    return !over;
}
