// SKIP_UNDER_FAST_MATH: ends a test of bits where -ffast-math lets the compiler reorder sums.
#pragma once

#include <gtest/gtest.h>

#if defined __FAST_MATH__
#define SKIP_UNDER_FAST_MATH GTEST_SKIP() << "bits are not promised under -ffast-math"
#else
#define SKIP_UNDER_FAST_MATH static_cast<void>(0)
#endif
