/*
 * event_box — an outbox: what one listener is to be sent, as text, filled by one thread and
 * emptied by another. One that is full becomes a reset, with the state of now after it.
 */
#ifndef DATA_EVENT_BOX_H
#define DATA_EVENT_BOX_H
#include "data/event_pick.h"

enum { EVENT_BOX_BYTES = 65536 };
/* How an event is written. cursor: the place after it; NULL when more of that place follow. */
typedef void (*EventShow)(Arena *a, const Event *e, const char *cursor, Str *out);
typedef struct EventBox EventBox;

EventBox *event_box_new(EventShow show);
void event_box_free(EventBox *b);
void event_box_put(EventBox *b, Arena *a, const Event *e, const char *cursor);
/* All up to this place was put in. */
void event_box_at(EventBox *b, const char *cursor);
void event_box_end(EventBox *b);
/* Waits up to so many milliseconds for text, appended to out; a beat after `beat_s` seconds
   without. False: it was ended. */
bool event_box_take(EventBox *b, int ms, int beat_s, Str *out);
#endif
