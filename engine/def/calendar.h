/*
 * calendar — working hours, holidays and worked weekends of app.yaml.
 */
#ifndef DEF_CALENDAR_H
#define DEF_CALENDAR_H
#include "def/app.h"

bool calendars_load(Cx *cx, App *app, const Node *map);
/* mon, or mon-fri, as 0 = Monday … 6; a range may run over the week's end. */
bool day_range(const char *text, int *from, int *to);
#endif
