// Two cells that lock at asin(1/2): K sin(difference) = 1/2 of the difference of their frequencies.
#include <kuramoto/kuramoto.hpp>
#if defined(WITH_OPENMP)
#include <kuramoto/openmp.hpp>
#if !defined(_OPENMP)
#error "kuramoto::openmp does not switch OpenMP on"
#endif
#elif defined(_OPENMP)
#error "OpenMP came along unasked"
#endif
#if defined(WITH_THREADS)
#include <kuramoto/threads.hpp>
#endif
#if defined(WITH_ODEINT)
#include <kuramoto/odeint.hpp>

#include <boost/numeric/odeint.hpp>
#endif
#if defined(WITH_FFTW)
#include <kuramoto/fftw.hpp>
#endif
#if defined(WITH_MPI)
#include <kuramoto/mpi.hpp>
#endif

#include <cmath>
#include <cstdio>

int main() {
    kuramoto::Field<double> theta(1, 2);
    kuramoto::Field<double> omega(1, 2);
    omega(0, 0) = -0.5;
    omega(0, 1) = 0.5;
    const kuramoto::Model model{kuramoto::SineLaplacian{.K = 1.0}, omega};
#if defined(WITH_OPENMP)
    const kuramoto::OpenMP policy{.threads = 2};
#elif defined(WITH_THREADS)
    const kuramoto::Threads policy{.threads = 2, .min_cells_per_thread = 1};
#else
    const kuramoto::Fused policy;
#endif
#if defined(WITH_ODEINT)
    namespace odeint = boost::numeric::odeint;
    odeint::integrate_const(odeint::euler<kuramoto::Field<double>>(), kuramoto::odeint_system(policy, model), theta,
                            0.0, 100.0, 0.125);
#elif defined(WITH_MPI)
    MPI_Init(nullptr, nullptr);
    {
        const kuramoto::mpi::Decomposition lattice(MPI_COMM_SELF, 1, 2);
        kuramoto::mpi::Field<double> cut(lattice);
        kuramoto::advance(policy, kuramoto::Euler{.dt = 0.1}, model, cut, 1000);
        theta = kuramoto::mpi::gather(cut);
    }
    MPI_Finalize();
#else
    kuramoto::advance(policy, kuramoto::Euler{.dt = 0.1}, model, theta, 1000);
#endif
    const double difference = theta(0, 1) - theta(0, 0);
    std::printf("%.15g\n", difference);
#if defined(WITH_FFTW)
    kuramoto::Field<double> s(1, 2);
    kuramoto::structure_factor(theta, s);
    if (std::fabs(s(0, 0) - (1 + std::cos(difference))) > 1e-12) return 1;
#endif
    return std::fabs(difference - std::asin(0.5)) < 1e-12 ? 0 : 1;
}
