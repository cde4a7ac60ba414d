/*
 * year_queue.c — the model's due moments: one for each slot of each thing, taken in order of time.
 * A heap holds them; one that was moved stays in it and is passed over.
 */
#include "year.h"

typedef struct Entry { int64_t at, order; int slot, thing; } Entry;
static Entry *heap;
static int nheap, heap_cap;
static int64_t order;
int64_t firing;

typedef struct Slot { int64_t due, order; } Slot;
static Slot *slots[SLOTS];
static int nslots[SLOTS];

static bool before(Entry a, Entry b)
{
    return a.at != b.at ? a.at < b.at : a.order < b.order;
}

static void swap(int i, int k)
{
    Entry d = heap[i];
    heap[i] = heap[k];
    heap[k] = d;
}

static void push(Entry d)
{
    if (nheap == heap_cap) heap = realloc(heap, sizeof *heap * (size_t)(heap_cap = heap_cap * 2 + 64));
    int i = nheap++;
    for (heap[i] = d; i && before(heap[i], heap[(i - 1) / 2]); i = (i - 1) / 2) swap(i, (i - 1) / 2);
}

static Entry pop(void)
{
    Entry first = heap[0];

    heap[0] = heap[--nheap];
    for (int i = 0, k; (k = 2 * i + 1) < nheap; i = k) {
        if (k + 1 < nheap && before(heap[k + 1], heap[k])) k++;
        if (!before(heap[k], heap[i])) break;
        swap(i, k);
    }
    return first;
}

static Slot *slot_of(int slot, int thing)
{
    if (thing >= nslots[slot]) {
        int n = thing * 2 + 64;
        slots[slot] = realloc(slots[slot], sizeof(Slot) * (size_t)n);
        for (int i = nslots[slot]; i < n; i++) slots[slot][i] = (Slot){ NEVER, 0 };
        nslots[slot] = n;
    }
    return &slots[slot][thing];
}

int64_t due_of(int slot, int thing)
{
    return slot_of(slot, thing)->due;
}

void due_set(int slot, int thing, int64_t due)
{
    Slot *s = slot_of(slot, thing);

    *s = (Slot){ due, ++order };
    if (due != NEVER) push((Entry){ due, s->order, slot, thing });
}

/* Takes the next one that is due until then, and not moved since. */
static bool next(int64_t until, Entry *out)
{
    while (nheap && heap[0].at <= until) {
        *out = pop();
        Slot *s = slot_of(out->slot, out->thing);
        if (s->order != out->order) continue;
        s->due = NEVER;
        return true;
    }
    return false;
}

void model_fire(int slot, int thing, int64_t due)
{
    counts.timers++;
    firing = due;
    if (slot <= LEAD_COLD || slot == STALE || slot == WEEK) leads_fire(slot, thing, due);
    else if (slot <= DEAL_ASKED) deals_fire(slot, thing, due);
    else if (slot >= CONTRACT_30 && slot <= CONTRACT_END) deals_fire(slot, thing, due);
    else desk_fire(slot, thing, due);
    firing = 0;
}

void model_until(int64_t at)
{
    Entry d;

    while (next(at, &d)) {
        now = d.at;
        model_fire(d.slot, d.thing, d.at);
    }
    now = at;
}

void model_wake(int64_t at)
{
    Entry d;

    now = at;
    while (next(at, &d)) model_fire(d.slot, d.thing, d.at);
}
