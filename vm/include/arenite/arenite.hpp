// All of the API for embedders of plain Lua. The Redis engine is beside it, in <arenite/redis/engine.h>.
#pragma once

#include <arenite/bind.h>
#include <arenite/class.h>
#include <arenite/convert.h>
#include <arenite/extension.h>
#include <arenite/failure.h>
#include <arenite/native.h>
#include <arenite/object.h>
#include <arenite/options.h>
#include <arenite/ref.h>
#include <arenite/result.h>
#include <arenite/run.h>
#include <arenite/savepoint.h>
#include <arenite/task.h>
#include <arenite/value.h>
#include <arenite/version.h>
#include <arenite/vm.h>
