// Many small lattices, advanced together. Opt-in: not part of kuramoto.hpp.
#pragma once

#include <kuramoto/ensemble/advance.hpp>
#include <kuramoto/ensemble/ensemble.hpp>
#include <kuramoto/ensemble/for_each_member.hpp>
#include <kuramoto/ensemble/inertia.hpp>
#include <kuramoto/ensemble/integrate.hpp>
#include <kuramoto/ensemble/mean_field.hpp>
#include <kuramoto/ensemble/observed.hpp>
