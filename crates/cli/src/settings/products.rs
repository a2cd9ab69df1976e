use aizuchi_identity::ProductSettings;
use clap::Args;

/// Whose users chat here without an account.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Products")]
pub struct Products {
    /// A product whose own users chat here, by tokens that its back end signs:
    /// name=shop,issuer=https://shop.example.org,audience=chat,keys=shop.pem
    /// and, if its tokens may live longer or shorter than 1h, max-life=15m.
    /// `keys` is a file (PEM, JWK or JWKS), the https address of a JWKS, or one
    /// public key in base64. May be repeated; in a variable, with ; between. In
    /// a file, each is a [[product]]. See also --allowed-origin.
    #[arg(long, value_name = "FIELDS", value_delimiter = ';', value_parser = str::parse::<ProductSettings>)]
    pub product: Vec<ProductSettings>,
}
