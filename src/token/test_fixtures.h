#pragma once

// Certificates and keys of this folder's tests: they protect nothing. Root and
// other root: 2020 to 2050; intermediate: to 2045; leaf: to 2040.

#include <string_view>

namespace vouchsafe::token::test {

inline constexpr std::string_view kRootPem =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBPTCB5aADAgECAhQqBrEsbCuoBjPy9IgDQE6BBWp99TAKBggqhkjOPQQDAjAU\n"
    "MRIwEAYDVQQDDAlUZXN0IHJvb3QwIBcNMjAwMTAxMDAwMDAwWhgPMjA1MDAxMDEw\n"
    "MDAwMDBaMBQxEjAQBgNVBAMMCVRlc3Qgcm9vdDBZMBMGByqGSM49AgEGCCqGSM49\n"
    "AwEHA0IABJJNBJxN1IhD/tyaxN05J5ke8Ya+dc0+wl+1l6jpO9l+vnGTy/i3aVEJ\n"
    "GYAYs/TulP61mN8qVtFgVz6bqIg/yCijEzARMA8GA1UdEwEB/wQFMAMBAf8wCgYI\n"
    "KoZIzj0EAwIDRwAwRAIgJ5Z8KDAjed9rAvA+kDjtvzhYOpZmFEnE0K1xFPanO3oC\n"
    "IDqD0xJGNDoWw5XH2AL5o7PGblKwQZoX12BeAb7YHQPC\n"
    "-----END CERTIFICATE-----\n";

inline constexpr std::string_view kOtherRootPem =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBQDCB56ADAgECAhRNmC72k/dkr67m71NLxKWz26AvYTAKBggqhkjOPQQDAjAV\n"
    "MRMwEQYDVQQDDApPdGhlciByb290MCAXDTIwMDEwMTAwMDAwMFoYDzIwNTAwMTAx\n"
    "MDAwMDAwWjAVMRMwEQYDVQQDDApPdGhlciByb290MFkwEwYHKoZIzj0CAQYIKoZI\n"
    "zj0DAQcDQgAEXO2BLPQaHoQWtpLaUeYZSQ0JU1DRY35Hn74apQJLddxhvTz8Oyod\n"
    "H9w+XrWfi153vIKbgQppeqBFaZnZ6v6OaKMTMBEwDwYDVR0TAQH/BAUwAwEB/zAK\n"
    "BggqhkjOPQQDAgNIADBFAiEAnZwx5y0jmOF+1TElhzLAxl1rMvLJpUMZv04ZMQoP\n"
    "wM4CIFdAD0XeDQQymDHywMDSlCCQlVPXKHZT75UwgsvdqOgB\n"
    "-----END CERTIFICATE-----\n";

inline constexpr std::string_view kLeafDer =
    "MIIBMDCB2KADAgECAhQ28mZKy7memfYO9IbWMXquF9OUbTAKBggqhkjOPQQDAjAcMRowGA"
    "YDVQQDDBFUZXN0IGludGVybWVkaWF0ZTAeFw0yMDAxMDEwMDAwMDBaFw00MDAxMDEwMDAw"
    "MDBaMBYxFDASBgNVBAMMC1Rlc3QgaXNzdWVyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQg"
    "AEk72TclDLcyQ3e6LMx2dsTShXaWk+AWZy3o2HCIx9fY0QFQxq+2gQXy3eXaqO8FFR+Dmh"
    "6pFyrj4pYF6JoikMZzAKBggqhkjOPQQDAgNHADBEAiABWVBde2UKTwehRbof5urLuTShii"
    "bF8kVxOitTiLBJwAIgPWjyvrcbHUMKfh3MumWf23edpx4fkQATYk55PCcSm88=";

inline constexpr std::string_view kIntermediateDer =
    "MIIBQzCB66ADAgECAhR0xrmknR2Rv62Ki97rrl43xSRrsDAKBggqhkjOPQQDAjAUMRIwEA"
    "YDVQQDDAlUZXN0IHJvb3QwHhcNMjAwMTAxMDAwMDAwWhcNNDUwMTAxMDAwMDAwWjAcMRow"
    "GAYDVQQDDBFUZXN0IGludGVybWVkaWF0ZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABC"
    "F7kQpQ/Y2+pplQPBJq+5b+PMF1zzHAWLHub+T8dVvEe6VJF5Q8AirNe38jHAWST5W+fgfg"
    "bEoIqX2uEBEioAWjEzARMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIgeK"
    "DXHLOoWTgdzulhc1BKB8W45Rd8P1otWSdSsKnrdzECICJfpRF1o1to1sXS82ftp1pvOWHl"
    "JNW5rFVjUFGeYL2n";

inline constexpr std::string_view kLeafKeyPem =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgnA8+z+bytck+DxG3\n"
    "gA1UnAGHvw13we6yvShbDAOpwaKhRANCAASTvZNyUMtzJDd7oszHZ2xNKFdpaT4B\n"
    "ZnLejYcIjH19jRAVDGr7aBBfLd5dqo7wUVH4OaHqkXKuPilgXomiKQxn\n"
    "-----END PRIVATE KEY-----\n";

inline constexpr std::string_view kOtherKeyPem =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgCZoQGPFJ8FVpDyiH\n"
    "00U3s5emItmyva94m6p2oDH3GBehRANCAARc7YEs9BoehBa2ktpR5hlJDQlTUNFj\n"
    "fkefvhqlAkt13GG9PPw7Kh0f3D5etZ+LXne8gpuBCml6oEVpmdnq/o5o\n"
    "-----END PRIVATE KEY-----\n";

}  // namespace vouchsafe::token::test
