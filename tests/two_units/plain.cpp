#include "run.hpp"

Result plain_unit() { return results(); }
