#pragma once

// The wire constants of the JWE profile, shared by both directions.

#include <cstddef>
#include <string_view>

namespace vouchsafe::jose {

inline constexpr std::string_view kA256Gcm = "A256GCM";
inline constexpr size_t kContentKeySize = 32;
inline constexpr size_t kGcmIvSize = 12;
inline constexpr size_t kGcmTagSize = 16;
// RFC 7518 section 4.6.2: the AlgorithmID is the whole alg.
inline constexpr std::string_view kKdfAlgorithmId = "ECDH-ES+A256KW";
inline constexpr size_t kKekBits = 256;

}  // namespace vouchsafe::jose
