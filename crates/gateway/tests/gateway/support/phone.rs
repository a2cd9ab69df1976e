//! A device: what it says, and what it hears.

use std::{
    cell::RefCell,
    future::Future,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use aizuchi_gateway::local::{Line, Taken};
use aizuchi_wire::limits::OUTBOUND_BYTES;
use bytes::Bytes;
use pollster::block_on;
use serde_json::{Value, json};

use super::World;

/// A device that is connected, until it is dropped or leaves.
pub(crate) struct Phone<'w> {
    world: &'w World,
    pub(crate) line: Arc<Line>,
    /// What came while it waited.
    read: RefCell<Vec<Bytes>>,
}

impl<'w> Phone<'w> {
    pub(crate) fn new(world: &'w World, line: Arc<Line>) -> Self {
        Self { world, line, read: RefCell::default() }
    }

    /// Says a frame, and waits until it is answered and delivered.
    pub(crate) fn says(&self, frame: &Value) {
        self.says_text(&frame.to_string());
    }

    pub(crate) fn says_text(&self, text: &str) {
        let gateway = &self.world.gateway;
        let request = gateway.decode(&self.line.caller, text);
        if let Some(in_flight) = self.reads_while(gateway.handle(&self.line.caller, request)) {
            self.reads_while(gateway.finish(in_flight));
        }
    }

    /// Waits for the server, and reads what comes meanwhile.
    fn reads_while<T>(&self, answering: impl Future<Output = T>) -> T {
        let mut answering = pin!(answering);
        loop {
            let context = &mut Context::from_waker(Waker::noop());
            if let Poll::Ready(answer) = answering.as_mut().poll(context) {
                return answer;
            }
            let Poll::Ready(Taken::Frames(frames)) = self.take() else {
                panic!("the server waits for nothing");
            };
            self.read.borrow_mut().extend(frames);
        }
    }

    /// Says a message to a person, called `clientMsgId`, and takes its `ACK`.
    pub(crate) fn writes(&self, to: &str, message: &str, client_msg_id: &str) -> Value {
        let ack = self.asks(&json!({ "action": "SENDMSG", "toSub": to, "message": message,
            "clientMsgId": client_msg_id }));
        assert_eq!(ack["action"], "ACK", "{ack}");
        ack
    }

    /// Says a frame and takes the one that it hears.
    pub(crate) fn asks(&self, frame: &Value) -> Value {
        self.says(frame);
        let [answer] = self.hears().try_into().unwrap();
        answer
    }

    /// The code of the `ERROR` that this frame meets.
    pub(crate) fn is_refused(&self, frame: &Value) -> String {
        let answer = self.asks(frame);
        assert_eq!(answer["action"], "ERROR", "{answer}");
        answer["code"].as_str().unwrap().to_owned()
    }

    /// The frames that came since the last time.
    pub(crate) fn hears(&self) -> Vec<Value> {
        self.frames()
            .iter()
            .map(|frame| {
                assert!(frame.len() <= OUTBOUND_BYTES, "a frame of {} bytes", frame.len());
                serde_json::from_slice(frame).unwrap()
            })
            .collect()
    }

    /// The actions of the frames that came since the last time.
    pub(crate) fn hears_actions(&self) -> Vec<String> {
        let action = |frame: &Value| frame["action"].as_str().unwrap().to_owned();
        self.hears().iter().map(action).collect()
    }

    /// The frames as they are written.
    pub(crate) fn frames(&self) -> Vec<Bytes> {
        let mut frames = self.read.take();
        match self.take() {
            Poll::Ready(Taken::Frames(last)) => frames.extend(last),
            Poll::Ready(Taken::Closed(code)) => panic!("closed with {code:?}"),
            Poll::Pending => {}
        }
        frames
    }

    fn take(&self) -> Poll<Taken> {
        self.line.outbox.poll_take(&mut Context::from_waker(Waker::noop()))
    }

    pub(crate) fn leaves(self) {
        block_on(self.world.gateway.disconnect(&self.line.caller));
    }
}
