// A run of a lattice under a policy, and whether something holds in a child process.
#pragma once

#include "support/values.hpp"

#include <kuramoto/kuramoto.hpp>

#include <sys/wait.h>
#include <unistd.h>

namespace test {

template <class P> auto phases_of(const P& policy) {
    km::Field<float> theta(96, 70), omega(96, 70);
    km::uniform_phases(theta, 1);
    km::normal_frequencies(omega, 0.0, 0.1, 2);
    km::advance(policy, km::Euler{.dt = 0.05}, km::Model{km::SineLaplacian{.K = 2.0}, omega}, theta, 20);
    return values_of(theta.view());
}

/// Whether the function returns true in a child process. A child that hangs is killed, which counts as false.
template <class Function> bool holds_in_child(const Function& function) {
    const pid_t child = fork();
    if (child == 0) {
        alarm(100);
        _exit(function() ? 0 : 1);
    }
    int status = -1;
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

} // namespace test
