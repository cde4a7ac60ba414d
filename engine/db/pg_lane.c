/*
 * Lanes: units of one turn, which would only stand in each other's way, go in one transaction of
 * one of them where they wait in the same node.
 *     nobody there → lead: the own unit, then those who came meanwhile, each behind a savepoint
 *     → one COMMIT → all are told; the first of those who still wait leads.
 * Where that transaction comes to nothing each goes on his own, as does who waits for too long.
 * So it is never more than a shorter way.
 */
#include "db/pg.h"
#include "base/sys.h"
#include <errno.h>
#include <string.h>

#define WAIT_MS 10000

typedef struct PgLane {
    uint64_t turn;
    PgRider *first, **last;   /* who waits */
    struct PgLane *next;
} PgLane;

/* All of these with the pool's lock. */
static PgLane *find(PgPool *p, uint64_t turn)
{
    PgLane *l = p->lanes;

    while (l && l->turn != turn) l = l->next;
    return l;
}

static PgLane *open_lane(PgPool *p, uint64_t turn)
{
    PgLane *l = mem_alloc(sizeof *l);

    *l = (PgLane){ .turn = turn, .next = p->lanes };
    l->last = &l->first;
    return p->lanes = l;
}

static void close_lane(PgPool *p, PgLane *l)
{
    PgLane **at = &p->lanes;

    while (*at != l) at = &(*at)->next;
    *at = l->next;
    mem_free(l);
}

static void stand(PgPool *p, PgLane *l, PgRider *r)
{
    *l->last = r;
    l->last = &r->next;
    p->stats.queued++;
}

static void leave(PgPool *p, PgLane *l, PgRider *r)
{
    PgRider **at = &l->first;

    while (*at != r) at = &(*at)->next;
    *at = r->next;
    if (!*at) l->last = at;
    r->next = NULL;
    p->stats.queued--;
}

static void wait_in(PgPool *p, PgLane *l, PgRider *r)
{
    struct timespec until = sys_in_ms(WAIT_MS);

    while (r->fate == PG_WAITS || r->fate == PG_RIDES) {
        if (r->fate == PG_RIDES) {            /* another thread uses what is this one's */
            pthread_cond_wait(&r->woken, &p->lock);
        } else if (pthread_cond_timedwait(&r->woken, &p->lock, &until) == ETIMEDOUT
                   && r->fate == PG_WAITS) {
            leave(p, l, r);
            r->fate = PG_ALONE;
        }
    }
}

PgFate pg_lane_enter(PgPool *p, PgRider *r)
{
    const char *turn = r->ground->turn;

    r->turn = sql_hash(turn, strlen(turn));
    sys_cond_init(&r->woken);
    pthread_mutex_lock(&p->lock);
    PgLane *l = find(p, r->turn);
    if (l) {
        int64_t since = sys_mono_us();
        stand(p, l, r);
        wait_in(p, l, r);
        sys_waited(sys_mono_us() - since);
    } else {
        open_lane(p, r->turn);
        r->fate = PG_LEADS;
    }
    pthread_mutex_unlock(&p->lock);
    pthread_cond_destroy(&r->woken);
    return r->fate;
}

static bool same_ground(const DbGround *a, const DbGround *b)
{
    return str_eq(a->table, b->table)
        && (!a->table || str_eq(sql_text(&a->truth), sql_text(&b->truth)));
}

PgRider *pg_lane_take(PgPool *p, PgRider *lead)
{
    pthread_mutex_lock(&p->lock);
    PgLane *l = find(p, lead->turn);
    PgRider *r = l->first;
    if (r && same_ground(r->ground, lead->ground)) {
        leave(p, l, r);
        r->fate = PG_RIDES;
        r->next = lead->along;
        lead->along = r;
    } else {
        r = NULL;
    }
    pthread_mutex_unlock(&p->lock);
    return r;
}

void pg_lane_pass(PgPool *p, const PgRider *lead)
{
    pthread_mutex_lock(&p->lock);
    PgLane *l = find(p, lead->turn);
    PgRider *r = l->first;
    if (r) {
        leave(p, l, r);
        r->fate = PG_LEADS;
        pthread_cond_signal(&r->woken);
    } else {
        close_lane(p, l);
    }
    pthread_mutex_unlock(&p->lock);
}

void pg_lane_tell(PgPool *p, PgRider *lead, PgFate fate)
{
    pthread_mutex_lock(&p->lock);
    for (PgRider *r = lead->along, *next; r; r = next) {
        next = r->next;                       /* it is gone as soon as it knows */
        r->fate = fate;
        pthread_cond_signal(&r->woken);
    }
    lead->along = NULL;
    pthread_mutex_unlock(&p->lock);
}
