import { Modal, type ModalProps } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './Dialog.module.css';

interface DialogProps {
  opened: boolean;
  title: string;
  /** Defaults to Mantine's `md`. */
  size?: ModalProps['size'];
  onClose(): void;
  children: ReactNode;
}

/** Dialog whose title bar is not a `header` element, because a page may have only one banner. */
export function Dialog({ opened, title, size, onClose, children }: DialogProps) {
  return (
    <Modal.Root opened={opened} onClose={onClose} size={size}>
      <Modal.Overlay />
      <Modal.Content>
        <div className={classes.head}>
          <Modal.Title className={classes.title}>{title}</Modal.Title>
          <Modal.CloseButton aria-label="Close" />
        </div>
        <Modal.Body>{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
