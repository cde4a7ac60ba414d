/*
 * demo — the app's own demonstration data: APP/demo/demo.lua, run once on an empty database.
 *
 * The script has everything that rules have, and
 *     clock(TIME)              sets the time of what follows, reminders before it fire not
 *     batch(fn)                runs fn as one write
 *     random(n), pick(list)    seeded: the same company each time
 *     become(login)            acts as that user; become(nil) as the app
 *     password(login, text)    sets a password; without a text DEMO_PASSWORD, which the sign-in
 *                              page tells; set when the batch ends
 */
#ifndef MAIN_DEMO_H
#define MAIN_DEMO_H
#include "main/cmd.h"

#define DEMO_PASSWORD "tenon-demo"

/* *loaded false: there is no script, or records are there already. */
MUST bool demo_load(Cmd *c, bool *loaded);
#endif
