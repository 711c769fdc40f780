// Ensembles whose models, steppers and policy are chosen at run time. Opt-in: not part of runtime.hpp.
#pragma once

#include <kuramoto/runtime/ensemble/advance.hpp>
#include <kuramoto/runtime/ensemble/coupling.hpp>
#include <kuramoto/runtime/ensemble/integrate.hpp>
#include <kuramoto/runtime/ensemble/observed.hpp>
