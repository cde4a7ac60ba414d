/*
 * webhook — web calls as jobs: to a subscription or a channel of app.yaml, or to an address.
 *
 * The body of a job names what it goes to, so no secret stands in the database; texts of a
 * definition that name the environment are filled in when the call is made. Signed as Standard
 * Webhooks say (signature.h); the id stays the same over all tries.
 */
#ifndef DATA_WEBHOOK_H
#define DATA_WEBHOOK_H
#include "data/jobs.h"

/* {"id", "webhook" | "channel" | "url", "method"?, "headers"?, "body", "secret"?: text or list};
   url, headers and secrets may be {"env": "text with ${env:NAME}"}. */
bool webhook_job(Work *w, const Job *job);
/* Inside a write: adds such a job in the lane of its receiver, with an id. key: order among
   those of the same key, or NULL. */
MUST bool webhook_add(Work *w, Node *body, const char *key);
/* The lane of a receiver: "webhook erp", "channel team", "host example.com:443". */
const char *webhook_lane(Work *w, const char *kind, const char *name);
#endif
