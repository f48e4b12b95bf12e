#pragma once

// Keys for tests only: they protect nothing.

#include <string_view>

namespace vouchsafe::jose::test {

// RSA, 2048 bits.
inline constexpr std::string_view kRsaPrivateJwk =
    R"({"kty":"RSA","n":"zAWF_-05Kg9me_Jv4po4bQPBLUkhWR7WF1EoKWpG6HEC-oRL)"
    R"(Lru0OLOkIs_vROG3Y5O2FQwYNhquriliPBzmy0e2oFxC70yo71wGLJSJ1gE_0Y5lBy)"
    R"(gR7mX96PdX6xZS0DU7RMAzMx8Eo9rHvXIe0yfUPv_gHEwOStMVJrm1DESEhWXBXsM3)"
    R"(6h2FRyPl-4wY9t-o6Ogh-LQyUAyBqfwQ6O2V9RjYuA8kYedNb8aD-Jv2KV87OQvBtU)"
    R"(-6s05Eywa3gcSh9I9x5pzWfUdN3XFCYL9y_DK9s9nkCpsOGs7AZCkKa2Cx5UTOWWfM)"
    R"(8Pjp1XL20fvBqhmXoE5l__OQ4pVHRQ","e":"AQAB","d":"YmXnkt9eyqJS00TCIZ)"
    R"(Av1qQQ7z5uDwWITAagUBkpycF3pktX11pAOXiqmP-gbqBOSoBbORt0MeP8i5L6BfQK)"
    R"(e9BCjGTzA2b9szO25pldQRGpLfB3WVRCEbCvHUTt6jwCBNknlKj-CJHVMxG5c-0uYL)"
    R"(i87QWLmRo1anETqnG2mAs2R9lBEEqJ6UNHInIEGO1NF-Lnx0kY9cae5OOoHAaa5SEn)"
    R"(6rEsL3CtbP615x-O1WyaKgmhgFQzUp90pSp7eci8i4KRIKIEcSJbjW3j8PZZ0hlCC3)"
    R"(7nU5g-aPgNyA98ALN-yokOUG-_yOH7VCjnqcP5niPqvcL79jf2co5DDeHhoQ","p":)"
    R"("-5TOfxC64pxWxBh4owOukad5xJpDgy0T9DXbb3FhDBOb0k5ZxhNn8_Oqxe4OAoica)"
    R"(fBkpeMlycxKKsxr0oC8MIcUSUFnZZz6GlrQke_vj5tf-MjZCbfw99c82kvq10dzS2U)"
    R"(NTwC5yYhkp2GqJAyE2PYU92nZhx1WA6leP0j4oJ8","q":"z5rfXfWPWHKqshqS2J4)"
    R"(t9B8gb4f6eFErUR-MhPku0nVTu2QxxE13VP49SIt12XOp5M599NNbihgrRyp4sqkdc)"
    R"(cHfODZWl_UW79d8XCwDllKpwx6sa_pbuIzcTROol2ff7lcPWJQVvYnKKK9Yp7Lvg8M)"
    R"(rmAWx9TlEm8ozsafTmZs"})";

// RFC 7515, appendix A.3.
inline constexpr std::string_view kP256PrivateJwk =
    R"({"kty":"EC","crv":"P-256",)"
    R"("x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
    R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",)"
    R"("d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"})";

// RFC 7515, appendix A.4.
inline constexpr std::string_view kP521PrivateJwk =
    R"({"kty":"EC","crv":"P-521",)"
    R"("x":"AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_)"
    R"(NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk",)"
    R"("y":"ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDl)"
    R"(y79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2",)"
    R"("d":"AY5pb7A0UFiB3RELSD64fTLOSV_jazdF7fLYyuTw8lOfRhWg6Y6rUrPA)"
    R"(xerEzgdRhajnu0ferB0d53vM9mE15j2C"})";

// RFC 8037, appendix A.1.
inline constexpr std::string_view kEd25519PrivateJwk =
    R"({"kty":"OKP","crv":"Ed25519",)"
    R"("d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",)"
    R"("x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})";

// 1024 bits.
inline constexpr std::string_view kRsa1024Modulus =
    R"(vxyox73TsZmggertuaIhMYWm1NE8bDEnMoRJup82tIufE_TQW0jdepfIw7R1Cg_s-P)"
    R"(a00gacm2c6Rwm4kcdrDbKO6lN9bjvdJuhAvO2yB7DBheH4bHsXwaogqqvpKm6akBLq)"
    R"(gbQhcqWvx42G8gc4Y1ht9xko9gfnGHaNZQH-Ijk)";

// 65537 to the power of 128: the fingerprint without the flaw.
inline constexpr std::string_view kRocaModulus =
    R"(AQCAH8U2ItemOdvAuh3CYd6meB6-F3qiRRF_kOTYh4wfVcOe0wxKYEIqcck0X_dMh2)"
    R"(7LcJUNm1cegMcsHuwVfrLmYD4E6AbrGDnRVwNR2ezupy-nrIS3sMXn64KRT6BZ0pZ2)"
    R"(SLnY8c3cq0Zmhx4fF6nLVStlpsZmBwj9tuOK5ipNMK9HkcQj44dOFrvbyw4fVO1NUj)"
    R"(BaT4RyJ0sNqSF3jiQWNms6QqIwD2xOFvDBWDAr3qu5K6uDynfvQqlIfwfk5QHlZ3OB)"
    R"(qDFHg56I7-TQvnnoE-OqWNK8wVBbJ0LYOJQnGzd-s_EIm0g3RquiJYE0Hm7FzQT3Is)"
    R"(flNYAfwACAAAE)";

}  // namespace vouchsafe::jose::test
