import { Component, type ReactNode } from 'react';

interface Props {
  /** Another value gives the children a new chance. */
  resetKey: unknown;
  children: ReactNode;
}

export class ErrorBoundary extends Component<Props, { error: Error | null }> {
  override state = { error: null as Error | null };

  static getDerivedStateFromError(error: unknown): { error: Error } {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidUpdate(previous: Props): void {
    if (this.state.error && previous.resetKey !== this.props.resetKey) this.setState({ error: null });
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <div className="panel notice notice-error" role="alert">
        <div>
          <h2>This view stopped working</h2>
          <p>{error.message}</p>
          <button type="button" className="button" onClick={() => this.setState({ error: null })}>
            Show it again
          </button>
        </div>
      </div>
    );
  }
}
