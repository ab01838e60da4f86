/* All of switchio. */
#ifndef SWITCHIO_SWITCHIO_H
#define SWITCHIO_SWITCHIO_H

#include <switchio/call.h>
#include <switchio/connection.h>
#include <switchio/error.h>
#include <switchio/event.h>
#include <switchio/job.h>
#include <switchio/log.h>
#include <switchio/loop.h>
#include <switchio/session.h>
#include <switchio/sim.h>
#include <switchio/vars.h>
#include <switchio/version.h>

#endif
