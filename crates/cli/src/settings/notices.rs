use aizuchi_outbound::Network;
use clap::Args;

use super::values;

/// How people are told while they are away.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Notifications")]
pub struct Notices {
    /// Where the operators of push services reach you: mailto:you@example.org or
    /// an https address. The server's own address unless set.
    #[arg(long, value_name = "URL", value_parser = values::contact)]
    pub push_contact: Option<String>,
    /// Private addresses that the server may connect to where somebody else names
    /// them, as with a push service in your own network: 10.1.2.0/24. May be
    /// repeated. None unless set; addresses of this machine never are.
    #[arg(long, value_name = "NETWORK", value_delimiter = ' ', value_parser = values::network)]
    pub outbound_allow: Vec<Network>,
}
