import { Component, type ReactNode } from "react";
import { useI18n } from "../i18n/index.tsx";
import { Button } from "../ui/Button.tsx";
import { Notice } from "../ui/Notice.tsx";

/** Keeps a fault in the page from leaving it blank. */
export class Crash extends Component<{ children: ReactNode }, { crashed: boolean }> {
  override state = { crashed: false };

  static getDerivedStateFromError(): { crashed: boolean } {
    return { crashed: true };
  }

  override render(): ReactNode {
    return this.state.crashed ? <Crashed /> : this.props.children;
  }
}

function Crashed() {
  const { t } = useI18n();
  return (
    <Notice heading text={t.errors.crashed}>
      <Button
        onClick={() => {
          location.reload();
        }}
      >
        {t.errors.reload}
      </Button>
    </Notice>
  );
}
