/*
 * calendar — working hours, holidays and worked weekends of app.yaml.
 */
#ifndef DEF_CALENDAR_H
#define DEF_CALENDAR_H
#include "def/app.h"

bool calendars_load(Cx *cx, App *app, const Node *map);
#endif
