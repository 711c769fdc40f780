// Runs the tests of a program on every process of MPI. The first one reports; all fail if one does, or if something
// that was made of MPI is not given back.
#include "handles.hpp"

#include <kuramoto/detail/mpi/api.hpp>

#include <gtest/gtest.h>

#include <cstdio>
#include <string>

namespace {

// On processes other than the first: says only what failed.
class Failures : public testing::EmptyTestEventListener {
  public:
    explicit Failures(int rank) : rank_(rank) {}
    void OnTestPartResult(const testing::TestPartResult& result) override {
        if (!result.failed()) return;
        const char* file = result.file_name() != nullptr ? result.file_name() : "";
        std::fprintf(stderr, "rank %d: %s:%d: %s\n", rank_, file, result.line_number(), result.message());
    }

  private:
    int rank_;
};

} // namespace

int main(int count, char** arguments) {
    MPI_Init(&count, &arguments);
    testing::InitGoogleTest(&count, arguments);
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    if (rank > 0) {
        testing::TestEventListeners& listeners = testing::UnitTest::GetInstance()->listeners();
        delete listeners.Release(listeners.default_result_printer());
        listeners.Append(new Failures(rank));
    }
    int status = RUN_ALL_TESTS();
    const std::string left = handles_left();
    if (!left.empty()) {
        std::fprintf(stderr, "rank %d: not given back to MPI: %s\n", rank, left.c_str());
        status = 1;
    }
    MPI_Allreduce(MPI_IN_PLACE, &status, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
    MPI_Finalize();
    return status;
}
