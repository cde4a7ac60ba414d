/*
 * action_out — the steps `webhook` and `email`: each is a job, made now with the values of now, run
 * after the commit.
 */
#ifndef DATA_ACTION_OUT_H
#define DATA_ACTION_OUT_H
#include "data/action_steps.h"

bool step_webhook(StepRun *run, const Step *s, Record *r);
bool step_email(StepRun *run, const Step *s, Record *r);
#endif
