// The library in the host code of a CUDA source, beside a kernel. Without a device, the kernel is not called.
#include <kuramoto/checkpoint.hpp>
#include <kuramoto/kuramoto.hpp>
#include <kuramoto/npy.hpp>
#include <kuramoto/npy_series.hpp>
#include <kuramoto/openmp.hpp>

#include "../two_units/run.hpp"

__global__ void twice(float* cells, int count) {
    const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
    if (i < count) cells[i] *= 2;
}

static bool kernel_works() {
    kuramoto::Field<float> field(8, 8);
    for (int k = 0; k < 64; ++k) field.data()[k] = static_cast<float>(k);
    float* cells = nullptr;
    if (cudaMalloc(&cells, 64 * sizeof(float)) != cudaSuccess) return false;
    cudaMemcpy(cells, field.data(), 64 * sizeof(float), cudaMemcpyHostToDevice);
    twice<<<1, 64>>>(cells, 64);
    cudaMemcpy(field.data(), cells, 64 * sizeof(float), cudaMemcpyDeviceToHost);
    cudaFree(cells);
    for (int k = 0; k < 64; ++k)
        if (field.data()[k] != 2 * static_cast<float>(k)) return false;
    return true;
}

int main() {
    print(results());
    int devices = 0;
    if (cudaGetDeviceCount(&devices) != cudaSuccess || devices == 0) return 0;
    return kernel_works() ? 0 : 1;
}
