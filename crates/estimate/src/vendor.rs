//! Managed chat at its list price, as far as that reaches.

use crate::{
    costs::{Reason, Remark},
    machine::peak_connections,
    prices::Vendor,
    usage::Usage,
};

/// What a month of it is.
pub(crate) fn monthly(vendor: &Vendor, usage: &Usage) -> Result<f64, Reason> {
    let users = usage.users;
    match (vendor.plan, vendor.each) {
        (Some(plan), _) if users > plan.users => Err(Reason::BeyondPlan { users: plan.users }),
        (Some(plan), _) => Ok(plan.usd),
        (_, Some(each)) => Ok((users - each.included).max(0.0) * each.usd),
        (None, None) => Ok(0.0),
    }
}

/// What is to be known of the figure.
pub(crate) fn remarks(vendor: &Vendor, usage: &Usage) -> Vec<Remark> {
    let mut remarks = Vec::new();
    if let (Some(plan), Some(share)) = (vendor.plan, vendor.peak_share) {
        let (most, expected) = (plan.users * share, peak_connections(usage));
        if expected > most {
            remarks.push(Remark::PeakConnections { most, expected: expected.round() });
        }
    }
    if vendor.unconfirmed {
        remarks.push(Remark::Unconfirmed);
    }
    remarks
}
