// Models, steppers and policies that are chosen at run time, by names: for programs and other languages. Opt-in: not
// part of kuramoto.hpp.
#pragma once

#include <kuramoto/runtime/algorithms.hpp>
#include <kuramoto/runtime/any_coupling.hpp>
#include <kuramoto/runtime/any_policy.hpp>
#include <kuramoto/runtime/couplings.hpp>
#include <kuramoto/runtime/models.hpp>
#include <kuramoto/runtime/names.hpp>
#include <kuramoto/runtime/policies.hpp>
#include <kuramoto/runtime/steppers.hpp>
