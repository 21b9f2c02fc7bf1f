import { Kbd, Modal, Table } from "@mantine/core";
import { t, type TextKey } from "../texts";

const list: [string[], TextKey][] = [
  [["j", "k"], "keyNextPrevious"],
  [["Enter", "o"], "keyOpen"],
  [["u"], "keyBack"],
  [["n", "p"], "keyWithin"],
  [[";", ":"], "keyUnfold"],
  [["x", "X"], "keySelect"],
  [["* a", "* n"], "keySelectAll"],
  [["* r", "* u", "* s", "* t"], "keySelectSome"],
  [["c"], "keyCompose"],
  [["r", "a", "f"], "keyReply"],
  [["e"], "keyArchive"],
  [["[", "]"], "keyArchiveNext"],
  [["#"], "keyDelete"],
  [["!"], "keySpam"],
  [["s"], "keyStar"],
  [["v"], "keyMove"],
  [["I", "U"], "keyRead"],
  [["z"], "keyUndo"],
  [["/"], "keySearch"],
  [["g i", "g s", "g t"], "keyGo"],
  [["g d", "g a", "g c"], "keyGoMore"],
  [["Ctrl Enter"], "keySend"],
  [["?"], "keyHelp"],
];

export function ShortcutHelp({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title={t("shortcuts")} closeButtonProps={{ "aria-label": t("close") }}>
      <Table verticalSpacing={6}>
        <Table.Tbody>
          {list.map(([keys, text]) => (
            <Table.Tr key={text}>
              <Table.Td w={130}>
                {keys.map((key) => (
                  <Kbd key={key} mr={4}>
                    {key}
                  </Kbd>
                ))}
              </Table.Td>
              <Table.Td>{t(text)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
